# embed_text(TARGET HEADER_NAMESPACE_SYMBOL file...): compiles text files into TARGET as
# std::string_view constants, so that the programs look nothing up at run time.
function(embed_text target)
  foreach(file ${ARGN})
    get_filename_component(stem ${file} NAME)
    string(MAKE_C_IDENTIFIER ${stem} symbol)
    set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cpp)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    # A raw string literal is limited to 64 KiB by some compilers; these files are smaller.
    file(CONFIGURE OUTPUT ${out}
      CONTENT "#include <string_view>\nnamespace addon::embedded {\nextern const std::string_view ${symbol};\nconst std::string_view ${symbol} = R\"~~~~(@text@)~~~~\";\n}\n" @ONLY)
    target_sources(${target} PRIVATE ${out})
  endforeach()
endfunction()
