# For a package of Debian's, in the folder that it is made of: the manual and the changelog as Debian wants them.

set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX})
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${root}/share/doc/mbms-bcast/changelog
"mbms-bcast (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Built from the sources of version ${CPACK_PACKAGE_VERSION}.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
file(GLOB pages ${root}/share/man/man1/*.1)
execute_process(COMMAND gzip -9nf ${root}/share/doc/mbms-bcast/changelog ${pages} COMMAND_ERROR_IS_FATAL ANY)
