#!lua flags=no-writes
-- Everything that a decision needs, read at one moment.
local device = redis.call('HGET', key('unique', 'device'), act.term)
if not device then
    return {}
end
local at = now()
local answer = {string.format('%.0f', at), redis.call('GET', key('epoch')),
    redis.call('HGET', key('record', 'device'), device), '[' .. table.concat(open_grants(device, at), ',') .. ']'}
for _, id in ipairs(redis.call('ZRANGE', key('term', 'request', device), 0, -1)) do
    answer[#answer + 1] = redis.call('HGET', key('record', 'request'), id)
end
return answer
