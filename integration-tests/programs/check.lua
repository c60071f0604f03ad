-- What the interpreter must still do: numbers, strings, tables, closures, coroutines, errors.
local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
assert(fib(22) == 17711)
assert(("%5.2f|%x|%s"):format(math.pi, 255, "z") == " 3.14|ff|z")
assert(("key=value"):match("(%w+)=(%w+)") == "key")
assert(("abc"):rep(3, "-"):gsub("b", "B") == "aBc-aBc-aBc")

local sorted = {}
for i = 1, 1000 do sorted[i] = (i * 7919) % 1009 end
table.sort(sorted)
for i = 2, #sorted do assert(sorted[i - 1] <= sorted[i]) end

local squares = coroutine.wrap(function() for i = 1, 10 do coroutine.yield(i * i) end end)
local sum = 0
for _ = 1, 10 do sum = sum + squares() end
assert(sum == 385)

local ok, message = pcall(function() error({ code = 42 }) end)
assert(not ok and message.code == 42)

local weak = setmetatable({}, { __mode = "k", __index = function(_, k) return k .. "!" end })
for _ = 1, 10000 do weak[{}] = true end
collectgarbage()
assert(next(weak) == nil and weak.x == "x!")
assert(load("return 2^10")() == 1024 and utf8.char(0x20AC) == "€" and 7 // 2 == 3)
assert(os.time { year = 2000, month = 1, day = 1, hour = 12 } and io.tmpfile():write("x"))
