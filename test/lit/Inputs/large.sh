# A model with a constant of 64 KiB and one that is larger by an element.
zeros() { printf '"0x04000000'; head -c "$(($1 * 8))" /dev/zero | tr '\0' 0; printf '"'; }
cat <<END
func.func @main() -> (tensor<16384xf32>, tensor<16385xf32>) {
  %a = mlc.constant dense_resource<a> : tensor<16384xf32> : tensor<16384xf32>
  %b = mlc.constant dense_resource<b> : tensor<16385xf32> : tensor<16385xf32>
  return %a, %b : tensor<16384xf32>, tensor<16385xf32>
}
{-# dialect_resources: { builtin: { a: $(zeros 16384), b: $(zeros 16385) } } #-}
END
