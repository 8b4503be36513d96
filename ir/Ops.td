// All operators of the dialect, for documentation and the language server.
include "Elementwise.td"
include "Movement.td"
include "Contraction.td"
include "Attention.td"
include "Reduction.td"
include "Irregular.td"
include "Control.td"
