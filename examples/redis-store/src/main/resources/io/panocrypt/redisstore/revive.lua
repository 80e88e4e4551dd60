#!lua
-- Puts a dead letter back into the queue, or marks it done.
if redis.call('ZREM', key('dead'), act.id) == 0 then
    return {'NO'}
end
local at = now()
if act.drop then
    redis.call('HSET', key('out', act.id), 'due', at, 'body', '', 'cause', '')
    redis.call('ZADD', key('settled'), at, act.id)
else
    local field = redis.call('HMGET', key('out', act.id), 'lane', 'number')
    redis.call('HSET', key('out', act.id), 'attempts', 0)
    redis.call('ZREM', key('settled'), act.id)
    let_wait(act.id, field[1], field[2], at)
end
return {'YES'}
