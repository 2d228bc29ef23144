# The pages that go with what is given to others, and the pictures in them: in folders of the same names, so that links hold.

set(PAGES README.md CHANGELOG.md CONTRIBUTING.md captures/README.md captures/recorded/RECIPE.md dissectors/README.md
  dissectors/packet/FILTERS.md dissectors/rules/RULES.md packaging/INSTALL.md plugin/FIELD.md plugin/README.md
  tools/bcast_check/README.md tools/bcast_fleet/README.md)
file(GLOB PICTURES RELATIVE ${CMAKE_CURRENT_LIST_DIR}/../.. ${CMAKE_CURRENT_LIST_DIR}/../../captures/*.png
  ${CMAKE_CURRENT_LIST_DIR}/../../plugin/pictures/*.png)
