#!lua
-- Removes the first entries of a chain: DONE, BEFORE, CONFLICT or MOVED.
if is_there(request.rows[1].id) then
    return {'BEFORE'}
end
local last = redis.call('ZRANGEBYSCORE', key('chain', act.chain), act.sequence, act.sequence)[1]
if not last
    or cjson.decode(redis.call('HGET', key('row'), last)).hash ~= act.hash
    or redis.call('ZCOUNT', key('chain', act.chain), act.sequence + 1, act.sequence + 1) == 0
    or obstacle(act.changes) then
    return {'CONFLICT'}
end
local elsewhere = moved()
if elsewhere then
    return elsewhere
end

for _, place in ipairs(redis.call('ZRANGEBYSCORE', key('chain', act.chain), '-inf', act.sequence)) do
    local entry = cjson.decode(redis.call('HGET', key('row'), place)).entry
    redis.call('HDEL', key('row'), place)
    redis.call('HDEL', key('entry'), entry.id)
    redis.call('ZREM', key('journal', entry.kind), place)
    if entry.deviceId then
        redis.call('ZREM', key('journal', entry.kind, entry.deviceId), place)
    end
end
redis.call('ZREMRANGEBYSCORE', key('chain', act.chain), '-inf', act.sequence)
make(act.changes)
append(request.rows)
return {'DONE'}
