#!lua
-- Removes some entries settled before the given time; returns how many.
local ids = redis.call('ZRANGEBYSCORE', key('settled'), '-inf', '(' .. now() - act.age, 'LIMIT', 0, act.limit)
for _, id in ipairs(ids) do
    redis.call('DEL', key('out', id))
    redis.call('ZREM', key('settled'), id)
    redis.call('ZREM', key('dead'), id)
end
return {tostring(#ids)}
