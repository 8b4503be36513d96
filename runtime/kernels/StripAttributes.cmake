# cmake -DINPUT=a.ll -DOUTPUT=b.ll -P StripAttributes.cmake: removes all attributes of functions that are strings
# (processor, features, frame pointers …), so that the functions take over those of the code that they are linked into.
file(READ "${INPUT}" text)
string(REGEX MATCHALL "\nattributes #[0-9]+ = [^\n]*" groups "${text}")
foreach(group IN LISTS groups)
  string(REGEX REPLACE " \"[^\"]*\"(=\"[^\"]*\")?" "" stripped "${group}")
  string(REPLACE "${group}" "${stripped}" text "${text}")
endforeach()
file(WRITE "${OUTPUT}" "${text}")
