# cmake -DSOURCE=… -DPLUGIN=… -DNAME=… -DWIRESHARK=4.0 -P archive.cmake: makes NAME.tar.gz in the current folder, and its SHA-256.

file(REMOVE_RECURSE ${NAME})
file(COPY ${PLUGIN} ${SOURCE}/tools/install.py ${SOURCE}/tools/bcast-check ${SOURCE}/tools/bcast-check.1 ${SOURCE}/README.md
  ${SOURCE}/COPYING DESTINATION ${NAME})
file(COPY ${SOURCE}/tools/bcast_check DESTINATION ${NAME} FILES_MATCHING PATTERN "*.py" PATTERN __pycache__ EXCLUDE)
file(COPY ${SOURCE}/captures/tour.pcap DESTINATION ${NAME}/captures)
file(WRITE ${NAME}/wireshark-version "${WIRESHARK}\n")
execute_process(COMMAND ${CMAKE_COMMAND} -E tar czf ${NAME}.tar.gz ${NAME} COMMAND_ERROR_IS_FATAL ANY)
file(SHA256 ${NAME}.tar.gz sum)
file(WRITE ${NAME}.tar.gz.sha256 "${sum}  ${NAME}.tar.gz\n")
message(STATUS "${NAME}.tar.gz")
