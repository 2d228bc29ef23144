# What is needed, out of Wireshark's own tree: all from the distribution (MSYS2, Homebrew).

# CMake says so on its first run alone, which ends below where something is missing.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  set(DEFAULT_PREFIX "${CMAKE_INSTALL_PREFIX}" CACHE INTERNAL "What stands for: none was asked for")
endif()

find_package(PkgConfig REQUIRED)
pkg_check_modules(GLIB REQUIRED IMPORTED_TARGET glib-2.0 gmodule-2.0)
pkg_check_modules(LIBXML2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(LIBGCRYPT REQUIRED IMPORTED_TARGET libgcrypt)

# WiresharkConfig.cmake comes with wireshark-dev on Debian, wireshark.pc with libwireshark-dev alone. The folder of plugins has
# the version in its name, on a Mac as 4-6: it is asked for, never computed.
find_package(Wireshark CONFIG QUIET)
if(Wireshark_FOUND)
  set(WIRESHARK_LIBRARIES epan wsutil)
  set(WIRESHARK_PREFIX "${Wireshark_INSTALL_PREFIX}")
  set(WIRESHARK_PLUGIN_DIR "${Wireshark_PLUGIN_LIBDIR}")
  set(WIRESHARK_VERSION "${Wireshark_VERSION}")
else()
  pkg_check_modules(WIRESHARK REQUIRED IMPORTED_TARGET wireshark)
  set(WIRESHARK_LIBRARIES PkgConfig::WIRESHARK)
  pkg_get_variable(WIRESHARK_PREFIX wireshark prefix)
  pkg_get_variable(WIRESHARK_PLUGIN_DIR wireshark plugindir)
  file(RELATIVE_PATH WIRESHARK_PLUGIN_DIR "${WIRESHARK_PREFIX}" "${WIRESHARK_PLUGIN_DIR}")
endif()
get_filename_component(WIRESHARK_PLUGIN_FOLDER "${WIRESHARK_PLUGIN_DIR}" NAME)
string(REGEX MATCH "^[0-9]+\\.[0-9]+" WIRESHARK_VERSION "${WIRESHARK_VERSION}")

# Wireshark looks for plugins under its own prefix only.
if(CMAKE_INSTALL_PREFIX STREQUAL "${DEFAULT_PREFIX}")
  set(CMAKE_INSTALL_PREFIX "${WIRESHARK_PREFIX}" CACHE PATH "Where Wireshark is installed" FORCE)
endif()
unset(DEFAULT_PREFIX CACHE) # whatever is asked for from now on counts
if(NOT CMAKE_INSTALL_PREFIX STREQUAL WIRESHARK_PREFIX)
  message(NOTICE "Wireshark is installed in ${WIRESHARK_PREFIX}, and looks for plugins there, not in ${CMAKE_INSTALL_PREFIX}")
endif()
message(STATUS "Building for Wireshark ${WIRESHARK_VERSION}, plugins in ${CMAKE_INSTALL_PREFIX}/${WIRESHARK_PLUGIN_DIR}")
