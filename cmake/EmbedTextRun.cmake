# Writes OUT: the bytes of the file IN as SYMBOL. Run by embed_text at build time.
file(READ ${IN} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
file(WRITE ${OUT} "#include <string_view>
namespace addon::embedded {
namespace {
constexpr char ${SYMBOL}_bytes[] = {
${bytes}
'\\0'};
}
extern const std::string_view ${SYMBOL};
const std::string_view ${SYMBOL}(${SYMBOL}_bytes, sizeof ${SYMBOL}_bytes - 1);
}
")
