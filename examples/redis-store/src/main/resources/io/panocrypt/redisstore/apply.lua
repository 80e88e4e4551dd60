#!lua
-- Applies an edit: DONE, BEFORE, EPOCH, STALE, TAKEN or MOVED.
if is_there(request.rows[1].id) then
    return {'BEFORE'}
end
if act.judgedBy and epoch() ~= act.judgedBy then
    return {'EPOCH'}
end
local refusal = obstacle(act.changes) or moved()
if refusal then
    return refusal
end

local function cancel_of_device(device)
    redis.call('DEL', key('grants', device))
    redis.call('SREM', key('granted'), device)
end

local function holds_all(device, terms)
    for _, term in ipairs(terms) do
        if not redis.call('ZSCORE', key('term', 'device', term), device) then
            return false
        end
    end
    return true
end

local at = now()
-- Before the changes, since the devices' old terms decide, and before the new grants, which must stay.
for _, scope in ipairs(act.cancels) do
    if scope.grantId then
        redis.call('HDEL', key('grants', scope.deviceId), scope.grantId)
    elseif scope.deviceId then
        cancel_of_device(scope.deviceId)
    else
        for _, device in ipairs(redis.call('SMEMBERS', key('granted'))) do
            if holds_all(device, scope.terms) then
                cancel_of_device(device)
            end
        end
    end
end
make(act.changes)
for _, grant in ipairs(act.grants) do
    -- Expired grants are removed only here.
    for _, stored in ipairs(redis.call('HVALS', key('grants', grant.deviceId))) do
        local old = cjson.decode(stored)
        if old.expires <= at then
            redis.call('HDEL', key('grants', old.deviceId), old.id)
        end
    end
    keep_grant(grant)
end
keep(act.outbox, at)
if act.bumpsEpoch then
    redis.call('INCR', key('epoch'))
end
append(request.rows)
return {'DONE'}
