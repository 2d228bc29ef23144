# A custom plugin in Wireshark's own tree, which has its own ideas how everything is compiled: the repository lies under its source,
# as plugins/epan/mbms-bcast, and is named in CUSTOM_PLUGIN_SRC_DIR (Wireshark Developer's Guide 11.3).

if(NOT LIBXML2_FOUND)
  message(FATAL_ERROR "mbms-bcast needs libxml2: configure Wireshark with -DENABLE_LIBXML2=ON")
endif()
include(WiresharkPlugin)

string(REPLACE "." ";" version "${MBMS_BCAST_VERSION}.0")
set_module_info(mbms-bcast ${version}) # defines PLUGIN_VERSION; on Windows makes plugin.rc of plugin.rc.in
set(PLUGIN_FILES ${ROOMS_WITH_EPAN} ${PURE_ROOMS})
set_source_files_properties(${PLUGIN_FILES} PROPERTIES COMPILE_FLAGS "${WERROR_COMMON_FLAGS}")
add_wireshark_plugin_library(mbms-bcast epan)
target_include_directories(mbms-bcast PRIVATE dissectors)
target_include_directories(mbms-bcast SYSTEM PRIVATE ${LIBXML2_INCLUDE_DIRS} ${GCRYPT_INCLUDE_DIRS})
target_link_libraries(mbms-bcast epan wsutil ${LIBXML2_LIBRARIES} ${GCRYPT_LIBRARIES})
install_plugin(mbms-bcast epan)
