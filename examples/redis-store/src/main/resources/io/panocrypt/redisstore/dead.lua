#!lua flags=no-writes
local after = redis.call('HGET', key('out', act.after), 'number') or 0
local letters = {}
for i, id in ipairs(redis.call('ZRANGEBYSCORE', key('dead'), '(' .. after, '+inf', 'LIMIT', 0, act.limit)) do
    letters[i] = cjson.encode(kept(id))
end
return letters
