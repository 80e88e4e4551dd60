#!lua flags=no-writes
-- Rows by their places, newest first; a place sorts by its bytes.
return {rows_at(redis.call('ZREVRANGEBYLEX', key(act.index), act.before, '-', 'LIMIT', 0, act.limit))}
