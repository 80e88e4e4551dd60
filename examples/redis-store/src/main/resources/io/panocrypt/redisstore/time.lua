#!lua flags=no-writes
return {string.format('%.0f', now())}
