#!lua
-- Settles an entry unless another lease has taken it.
local entry = key('out', act.id)
local field = redis.call('HMGET', entry, 'lease', 'lane', 'number')
if field[1] ~= act.lease then
    return {'NO'}
end

local at = now()
redis.call('HDEL', entry, 'lease')
if act.after then
    redis.call('HSET', entry, 'cause', act.cause)
    if act.uncounted then
        redis.call('HINCRBY', entry, 'attempts', -1)
    end
    let_wait(act.id, field[2], field[3], at + act.after)
    return {'YES'}
end
change_lane(field[2], function()
    redis.call('ZREM', key('lane', field[2]), act.id)
    redis.call('ZREM', key('waiting'), act.id)
end)
redis.call('HSET', entry, 'due', at, 'cause', act.cause)
redis.call('ZADD', key('settled'), at, act.id)
if act.dead then
    redis.call('ZADD', key('dead'), field[3], act.id)
else
    redis.call('HSET', entry, 'body', '')
end
keep(act.followUps, at)
return {'YES'}
