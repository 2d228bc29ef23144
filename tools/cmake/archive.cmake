# cmake -DSOURCE=… -DPLUGIN=… -DNAME=… -DWIRESHARK=4.0 -P archive.cmake: makes NAME.tar.gz in the current folder, and its SHA-256.

file(REMOVE_RECURSE ${NAME})
file(COPY ${PLUGIN} ${SOURCE}/tools/install.py ${SOURCE}/tools/bcast-check ${SOURCE}/tools/bcast-check.1 ${SOURCE}/COPYING
  DESTINATION ${NAME})
include(${CMAKE_CURRENT_LIST_DIR}/pages.cmake)
foreach(file ${PAGES} ${PICTURES})
  get_filename_component(folder ${file} DIRECTORY)
  file(COPY ${SOURCE}/${file} DESTINATION ${NAME}/${folder})
endforeach()
file(COPY ${SOURCE}/tools/bcast_check DESTINATION ${NAME} FILES_MATCHING PATTERN "*.py" PATTERN __pycache__ EXCLUDE)
file(COPY ${SOURCE}/captures/tour.pcap DESTINATION ${NAME}/captures)
get_filename_component(archive ${NAME} ABSOLUTE)
execute_process(COMMAND ${CMAKE_COMMAND} -E tar cf ${archive}/MBMS-BCAST.zip --format=zip MBMS-BCAST
  WORKING_DIRECTORY ${SOURCE}/plugin/profile COMMAND_ERROR_IS_FATAL ANY)
file(WRITE ${NAME}/wireshark-version "${WIRESHARK}\n")
execute_process(COMMAND ${CMAKE_COMMAND} -E tar czf ${NAME}.tar.gz ${NAME} COMMAND_ERROR_IS_FATAL ANY)
file(SHA256 ${NAME}.tar.gz sum)
file(WRITE ${NAME}.tar.gz.sha256 "${sum}  ${NAME}.tar.gz\n")
message(STATUS "${NAME}.tar.gz")
