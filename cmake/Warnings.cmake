# Each warning earns its place: conversions and shadowing hide real bugs in size
# and mode arithmetic; old-style casts hide both.
add_library(addon_warnings INTERFACE)
# Those of GCC: clang compiles for the fuzzers only, in batches, and says its part in clang-tidy.
if(ADDONCTL_FUZZ)
  return()
endif()
target_compile_options(
  addon_warnings
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wsign-conversion
            -Wold-style-cast
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wcast-qual
            -Wformat=2
            -Wimplicit-fallthrough
            -Wextra-semi
            # GCC 12 sees overlapping copies in std::string's own code (GCC bug 105651).
            $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
            -Werror)
