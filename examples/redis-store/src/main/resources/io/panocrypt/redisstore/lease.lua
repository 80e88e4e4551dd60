#!lua
-- Leases at most the oldest entry of each lane, those due for the longest time first.
local at = now()
local leased = {}
for i, due in ipairs(redis.call('ZRANGEBYSCORE', key('due'), '-inf', at, 'LIMIT', 0, act.limit)) do
    local entry = key('out', id_of(due))
    redis.call('HSET', entry, 'lease', act.lease, 'due', at + act.length)
    redis.call('HINCRBY', entry, 'attempts', 1)
    redis.call('ZADD', key('due'), at + act.length, due)
    leased[i] = cjson.encode(kept(id_of(due)))
end
return leased
