#!lua
-- Commits a decision: DONE, BEFORE, CONFLICT or MOVED.
if is_there(request.rows[1].id) then
    return {'BEFORE'}
end
if epoch() ~= act.epoch or version('device', act.deviceId) ~= act.deviceVersion or obstacle(act.changes) then
    return {'CONFLICT'}
end
local at = now()
local spent = {}
for _, id in ipairs(act.spends) do
    local grant = spent[id] or grant_of(act.deviceId, id)
    if not grant or grant.usesLeft < 1 or at < grant.created - act.tolerance or grant.expires <= at then
        return {'CONFLICT'}
    end
    grant.usesLeft = grant.usesLeft - 1
    spent[id] = grant
end
local elsewhere = moved()
if elsewhere then
    return elsewhere
end

for _, grant in pairs(spent) do
    keep_grant(grant)
end
make(act.changes)
keep(act.outbox, at)
append(request.rows)
return {'DONE'}
