#!lua flags=no-writes
local oldest = redis.call('ZRANGE', key('waiting'), 0, 0)[1]
return {string.format('%.0f', now()), tostring(redis.call('ZCARD', key('waiting'))),
    tostring(redis.call('ZCARD', key('dead'))), oldest and redis.call('HGET', key('out', oldest), 'created') or nil}
