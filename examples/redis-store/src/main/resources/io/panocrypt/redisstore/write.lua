#!lua
-- Makes all mutations if all conditions hold. KEYS: the hash of entries, the sorted set of their keys. ARGV: the number
-- of conditions; for each one its key, and "=" and the version, or "" for an absent key; then for each mutation its
-- key, and "=" and the value, or "" for a removal.
--
-- Redis does not roll back a script that fails half-way, so from its first write on it makes only calls that cannot
-- fail. (Redis checks for full memory, a replica and an unwritable disk before a script begins, because of its first
-- line.)

local entries, keys = KEYS[1], KEYS[2]

-- A Redis that lost its data must not look like a new store.
if redis.call('HEXISTS', entries, ' format') == 0 then
    return redis.error_reply('GONE the store is gone')
end

local mutations = 2 + 2 * tonumber(ARGV[1])
for i = 2, mutations - 1, 2 do
    local entry = redis.call('HGET', entries, ARGV[i])
    if (entry and '=' .. string.match(entry, '^%d+') or '') ~= ARGV[i + 1] then
        return 'UNMET'
    end
end

-- One counter for all keys, so that a version never comes back, not even if its key was removed.
local version = string.format('%.0f', redis.call('HINCRBY', entries, ' writes', 1))
for i = mutations, #ARGV, 2 do
    local key, value = ARGV[i], ARGV[i + 1]
    if value == '' then
        redis.call('HDEL', entries, key)
        redis.call('ZREM', keys, key)
    else
        redis.call('HSET', entries, key, version .. ' ' .. string.sub(value, 2))
        redis.call('ZADD', keys, 0, key)
    end
end
return 'WRITTEN'
