#!lua
-- Begins an empty store, once, whoever comes first; answers the format of the one that is there.
redis.call('SETNX', key('epoch'), 1)
redis.call('SETNX', key('format'), act.format)
return {redis.call('GET', key('format'))}
