# SOURCE_DATE and SOURCE_DATE_RFC: the day of the sources, for what is printed into pages and the changelog. It is
# SOURCE_DATE_EPOCH where that is set (reproducible-builds.org), else the last commit's, else that of CHANGELOG.md.
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  set(epoch $ENV{SOURCE_DATE_EPOCH})
else()
  execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} log -1 --format=%ct OUTPUT_VARIABLE epoch ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT epoch)
    file(TIMESTAMP ${CMAKE_SOURCE_DIR}/CHANGELOG.md epoch %s UTC)
  endif()
endif()
execute_process(COMMAND date -u -d @${epoch} +%Y-%m-%d OUTPUT_VARIABLE SOURCE_DATE OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND date -u -R -d @${epoch} OUTPUT_VARIABLE SOURCE_DATE_RFC OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
