# What is given to others: `cpack -G DEB` makes a package of Debian's, the target `archive` what tools/install.py installs. The
# minor version of Wireshark is in the name of both.

# ---- package ------------------------------------------------------------------------------------------

set(DOC_DIR ${CMAKE_INSTALL_DATADIR}/doc/mbms-bcast)
include(tools/cmake/pages.cmake)
foreach(file ${PAGES} ${PICTURES})
  get_filename_component(folder ${file} DIRECTORY)
  install(FILES ${file} DESTINATION ${DOC_DIR}/${folder} COMPONENT doc)
endforeach()
install(FILES packaging/debian/copyright DESTINATION ${DOC_DIR} COMPONENT doc)
install(DIRECTORY captures/ DESTINATION ${DOC_DIR}/captures COMPONENT doc
  FILES_MATCHING PATTERN "*.pcap*" PATTERN generator EXCLUDE PATTERN expected EXCLUDE)

set(CPACK_PACKAGE_NAME mbms-bcast)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION}+wireshark${WIRESHARK_VERSION})
set(CPACK_PACKAGE_CONTACT "mbms-bcast maintainers <maintainers@mbms-bcast.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Wireshark plugin for MBMS key management and OMA BCAST")
set(CPACK_PACKAGE_FILE_NAME mbms-bcast_${CPACK_PACKAGE_VERSION})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Decodes, correlates and judges how mobile broadcast terminals get their
keys: the MBMS security procedures of 3GPP TS 33.246 and TS 26.346, and
the long-term key messages of OMA BCAST in them. bcast-check does the
same for automated checks of captures.")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # libwireshark16 and the like hold it to its minor version
set(CPACK_DEBIAN_PACKAGE_DEPENDS "python3 (>= 3.11)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "tshark | wireshark")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/tools/cmake/debian-files.cmake)
include(CPack)

# ---- archive ------------------------------------------------------------------------------------------

string(TOLOWER "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}" SYSTEM_AND_CPU)
string(REPLACE darwin macos SYSTEM_AND_CPU "${SYSTEM_AND_CPU}")
string(REPLACE amd64 x86_64 SYSTEM_AND_CPU "${SYSTEM_AND_CPU}")
set(ARCHIVE mbms-bcast-${PROJECT_VERSION}-wireshark${WIRESHARK_VERSION}-${SYSTEM_AND_CPU})
add_custom_target(archive
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DPLUGIN=$<TARGET_FILE:mbms-bcast> -DNAME=${ARCHIVE}
    -DWIRESHARK=${WIRESHARK_VERSION} -P ${PROJECT_SOURCE_DIR}/tools/cmake/archive.cmake
  DEPENDS mbms-bcast
  WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
  VERBATIM)
