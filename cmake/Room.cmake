# addon_room(NAME SOURCES file... [ROOMS room...] [PRIVATE target...] [PUBLIC target...])
#
# One static library per room of src/, addon::NAME. A third-party library stays PRIVATE
# to the room that wraps it; scripts/check-layers guards the includes.
function(addon_room name)
  cmake_parse_arguments(arg "" "" "SOURCES;ROOMS;PRIVATE;PUBLIC" ${ARGN})
  add_library(addon_${name} STATIC ${arg_SOURCES})
  add_library(addon::${name} ALIAS addon_${name})
  target_include_directories(addon_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM arg_ROOMS PREPEND addon::)
  target_link_libraries(
    addon_${name}
    PUBLIC ${arg_ROOMS} ${arg_PUBLIC}
    PRIVATE addon_warnings ${arg_PRIVATE})
endfunction()
