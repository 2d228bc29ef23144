# How everything is compiled, out of Wireshark's own tree.

add_library(project_options INTERFACE)
target_include_directories(project_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/dissectors)
if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options(project_options INTERFACE
    -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wold-style-definition -Wwrite-strings
    -Wpointer-arith -Wformat=2 -Werror=incompatible-pointer-types
    $<$<BOOL:${WARNINGS_AS_ERRORS}>:-Werror>)
endif()
if(SANITIZE) # all count their branches for libFuzzer, and a report ends the run instead of scrolling by
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "libFuzzer comes with clang: -DCMAKE_C_COMPILER=clang -DSANITIZE=ON")
  endif()
  target_compile_options(project_options INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(project_options INTERFACE -fsanitize=address,undefined)
endif()
