#!lua flags=no-writes
-- Keys and entries of a range, in turn. KEYS as in write.lua; ARGV: from, to, limit, order. Redis sorts members of equal
-- score by their bytes.

local entries, keys = KEYS[1], KEYS[2]
if redis.call('HEXISTS', entries, ' format') == 0 then
    return redis.error_reply('GONE the store is gone')
end

local from, to = '[' .. ARGV[1], '(' .. ARGV[2]
local found
if ARGV[4] == 'ASCENDING' then
    found = redis.call('ZRANGEBYLEX', keys, from, to, 'LIMIT', 0, ARGV[3])
else
    found = redis.call('ZREVRANGEBYLEX', keys, to, from, 'LIMIT', 0, ARGV[3])
end

local answer = {}
for _, key in ipairs(found) do
    answer[#answer + 1] = key
    answer[#answer + 1] = redis.call('HGET', entries, key)
end
return answer
