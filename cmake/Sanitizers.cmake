option(ADDONCTL_SANITIZE "Build everything with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(ADDONCTL_FUZZ "Build the programs of tests/fuzz with libFuzzer, and only these (clang)" OFF)
if(ADDONCTL_FUZZ)
  # All checks, with those of the standard library: what is read past the end of a view is in most cases
  # still within the text, where no sanitizer would mind.
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  add_link_options(-fsanitize=address,undefined)
elseif(ADDONCTL_SANITIZE)
  # The four left out check every pointer that is followed, which takes a third of the time to
  # compile; what they find ends as an error of AddressSanitizer, or cannot happen without a cast.
  add_compile_options(
    -fsanitize=address,undefined -fno-sanitize=null,alignment,object-size,vptr -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
else()
  add_compile_options(-fstack-protector-strong $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
  add_link_options(-Wl,-z,relro,-z,now)
  # What is shipped says in which file an assertion failed, not where that was built.
  add_compile_options($<$<CONFIG:RelWithDebInfo>:-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=>)
endif()
