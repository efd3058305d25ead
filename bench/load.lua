-- Sends prepared reports, each with a key of its own, and keeps the number of every case it was given (201).
-- wrk … -s load.lua URL -- BODIES_FILE NUMBERS_FILE RUN_NAME
local bodies, out, run, thread = {}, nil, "", 0
local threads = 0

function setup(t)
  t:set("id", threads)
  threads = threads + 1
end

function init(args)
  for line in io.lines(args[1]) do bodies[#bodies + 1] = line end
  out = io.open(args[2] .. "." .. id, "w")
  run = args[3]
  count = id * 7919
end

function request()
  count = count + 1
  return wrk.format("POST", nil, {
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = run .. "-" .. id .. "-" .. count,
  }, bodies[count % #bodies + 1])
end

function response(status, headers, body)
  if status == 201 then
    out:write(body:match('"number": ?"(%d+)"') or "?", "\n")
  else
    out:write("!", status, " ", body:sub(1, 200), "\n")
  end
end
