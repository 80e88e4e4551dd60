#!lua flags=no-writes
-- Entries by their sort keys, newest first.
return {rows_at(redis.call('ZREVRANGEBYLEX', key(act.index), act.before, '-', 'LIMIT', 0, act.limit))}
