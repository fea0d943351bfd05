# embed_text(TARGET file...): compiles files into TARGET, each as a
# `const std::string_view addon::embedded::NAME_WITH_UNDERSCORES`, so that the programs look
# nothing up at run time. Byte for byte: the file goes through no CMake list or substitution.
function(embed_text target)
  foreach(file ${ARGN})
    get_filename_component(name ${file} NAME)
    get_filename_component(path ${file} ABSOLUTE)
    string(MAKE_C_IDENTIFIER ${name} symbol)
    set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cpp)
    set(script ${CMAKE_SOURCE_DIR}/cmake/EmbedTextRun.cmake)
    add_custom_command(
      OUTPUT ${out}
      COMMAND ${CMAKE_COMMAND} -DIN=${path} -DOUT=${out} -DSYMBOL=${symbol} -P ${script}
      DEPENDS ${path} ${script}
      COMMENT "Embedding ${name}"
      VERBATIM)
    target_sources(${target} PRIVATE ${out})
  endforeach()
endfunction()
