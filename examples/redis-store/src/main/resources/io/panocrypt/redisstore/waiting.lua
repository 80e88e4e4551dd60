#!lua flags=no-writes
local entries = {}
for i, id in ipairs(redis.call('ZRANGE', key('waiting'), 0, act.limit - 1)) do
    entries[i] = cjson.encode(kept(id).entry)
end
return entries
