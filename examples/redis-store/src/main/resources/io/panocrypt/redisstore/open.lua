#!lua
-- Initializes an empty store once; returns the store's format.
redis.call('SETNX', key('epoch'), 1)
redis.call('SETNX', key('format'), act.format)
return {redis.call('GET', key('format'))}
