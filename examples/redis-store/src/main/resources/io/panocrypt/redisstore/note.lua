#!lua
-- Writes journal entries and records without a policy precondition: DONE, BEFORE, CONFLICT or MOVED.
for _, row in ipairs(request.rows) do
    if is_there(row.id) then
        return {'BEFORE'}
    end
end
if obstacle(act.changes) then
    return {'CONFLICT'}
end
local elsewhere = moved()
if elsewhere then
    return elsewhere
end

make(act.changes)
append(request.rows)
return {'DONE'}
