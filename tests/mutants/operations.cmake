# Derivatives with a term or a factor left out, Fourier transforms of other waves, and products in
# tiles that are put together wrongly: the derivative checks of the op table must notice, or those
# of values.

set(mutants_link heed_ops_table64 heed_gemm_cases64 heed64_autograd heed_blas heed_xsimd)
set(mutants_by "ops/*/jacobian,second_order")
set(mutants_complaint
  "\\[gradcheck\\].*|at \\[[0-9]+\\] of .*, expected .*|turned [01], beta .*")

set(functions autograd/ops/functions.cpp)
set(activations autograd/ops/activations.cpp)
set(binary autograd/ops/arithmetic.cpp)

heed_mutant(none ${activations} "// The nonlinearities" "// The nonlinearities")
heed_mutant(tanh ${activations} "g * (1.0 - y * y)" "g * (1.0 - y)")
heed_mutant(sigmoid ${activations} "g * (y * (1.0 - y))" "g * y")
heed_mutant(gelu_slope ${activations} " + slope)" ")")
heed_mutant(gelu_share ${activations} "g * (normal_cdf(v) + slope)" "g * slope")
heed_mutant(softplus ${activations} "g * sigmoid(v)" "g")
heed_mutant(sqrt ${functions} "g * 0.5 / y" "g / y")
heed_mutant(square ${functions} "g * 2.0 * v" "g * v")
heed_mutant(erf ${functions} "g * two_over_root_pi *" "g *")
heed_mutant(cos ${functions} "-(g * sin(v))" "-g")
heed_mutant(divide ${binary}
  "const auto&, const auto& v, const auto& y) { return -(g * y / v)"
  "const auto&, const auto& v, const auto& y) { return -(g / v)")
heed_mutant(divide_number ${binary}
  "[](const auto& g, const auto& v, const auto& y) { return -(g * y / v)"
  "[](const auto& g, const auto& v, const auto& y) { return -(g / v)")
heed_mutant(conv_direct_transposed autograd/kernels/conv_direct.cpp
  "own[(k / taps * outer + c) * taps + k % taps]"
  "own[(k / taps * outer + c) * taps + taps - 1 - k % taps]")
heed_mutant(conv_direct_weight autograd/kernels/conv_direct_weight.cpp
  "found[t][l] = fma(x, cotangents[l], found[t][l])" "found[t][l] = fma(x, cotangents[l], x)")
heed_mutant(conv_direct_few_outputs autograd/kernels/conv_direct_weight.cpp
  "cotangent, found[t]);" "cotangent, cotangent);")
heed_mutant(conv_direct_images autograd/kernels/conv_direct_weight.cpp
  "(Lane::load(sum) + found[t][l]).store(sum)" "found[t][l].store(sum)")
heed_mutant(prod_partner autograd/ops/reduce.cpp "concat({beside * right, beside * left"
  "concat({beside * left, beside * right")
heed_mutant(var_mean autograd/ops/reduce.cpp "centred(x(), " "centred(x().detach(), ")
heed_mutant(norm_length autograd/ops/reduce.cpp "x.detach() / divisor.detach()" "x.detach()")
heed_mutant(norm_across autograd/ops/reduce.cpp "g - out * sum(g * out, axes, true)" "g")
heed_mutant(mean_count autograd/ops/reduce.cpp "reshape(g / count, kept)" "reshape(g, kept)")
heed_mutant(logsumexp_total autograd/ops/reduce.cpp
  "(shares / where(all > 0.0, all, 1.0))" "exp(x())")
heed_mutant(cumsum_direction autograd/ops/scan.cpp
  "cumsum(g, axis, !reverse)" "cumsum(g, axis, reverse)")
heed_mutant(cumprod_place autograd/ops/scan.cpp "one_before(out, axis, 1)" "out")
heed_mutant(cumprod_direction autograd/ops/scan.cpp
  "linear_recurrence(g, x(), axis, true)" "linear_recurrence(g, x(), axis, false)")
heed_mutant(cumprod_second autograd/ops/scan.cpp "one_before(back, axis, 0) * out" "back * out")
heed_mutant(cumprod_third autograd/ops/scan.cpp "back * one_before(out, axis, 0)" "back * out")
heed_mutant(segment_max_place autograd/ops/segment.cpp
  "where(first, index_select(g, segment), 0.0)" "index_select(g, segment)")
heed_mutant(segment_softmax_slope autograd/ops/segment.cpp "weighted = out * g" "weighted = g")
heed_mutant(segment_softmax_total autograd/ops/segment.cpp
  "weighted - out * index_select" "weighted - 0 * index_select")
heed_mutant(expm1 ${functions} "g * exp(v);" "g;")
heed_mutant(log1p ${functions} "g / (1.0 + v)" "g / v")
heed_mutant(rsqrt ${functions} "g * (-0.5 * y * y * y)" "g * (-0.5 * y * y)")
heed_mutant(pow_base ${binary} "pow(where(flat, 1.0, u), v - 1.0)" "pow(where(flat, 1.0, u), v)")
heed_mutant(pow_exponent ${binary} "g * (y * log(" "g * (log(")
heed_mutant(pow_number ${binary} "g * (b * pow(v, b - 1.0))" "g * pow(v, b - 1.0)")
heed_mutant(leaky_relu ${activations} "g * slope" "g * 0.0")
heed_mutant(elu ${activations} "1.0, alpha * exp(" "1.0, exp(")
heed_mutant(gelu_tanh_slope ${activations} "g * (s + near * (s * (1.0 - s)) * inner)" "g * s")
heed_mutant(gelu_tanh_cubic ${activations} "(1.0 + 3.0 * gelu_cubic *" "(1.0 + gelu_cubic *")
heed_mutant(silu ${activations} "g * (s + near * (s * (1.0 - s)))" "g * (s + near * s)")
heed_mutant(clamp ${activations} "(v >= low) & (v <= high)" "v <= high")
heed_mutant(layer_norm_mean autograd/kernels/norm_rows.cpp
  "h(i, count) - mean_h - u(i, count) * mean_hu" "h(i, count) - u(i, count) * mean_hu")
heed_mutant(layer_norm_variance autograd/kernels/norm_rows.cpp
  "h(i, count) - mean_h - u(i, count) * mean_hu" "h(i, count) - mean_h")
heed_mutant(layer_norm_weight autograd/kernels/norm_rows.cpp
  "fma(cotangent, unit, load_lane(sums + i, count))" "cotangent + load_lane(sums + i, count)")
heed_mutant(layer_norm_twin autograd/ops/layer_norm.cpp "centred(x, -1)" "x")
heed_mutant(rms_norm_centred autograd/kernels/norm_rows.cpp "mean_h(centred ?" "mean_h(true ?")
heed_mutant(norm_rows_twin autograd/ops/norm_rows.cpp
  "mean(square(near)" "mean(square(near.detach())")
heed_mutant(cross_entropy_label autograd/kernels/cross_entropy.cpp
  "dx[label] -= share * target;" "")
heed_mutant(cross_entropy_count autograd/kernels/cross_entropy.cpp
  "1 / static_cast<Real>(plan.divisor);" "1;")
heed_mutant(cross_entropy_weight autograd/kernels/cross_entropy.cpp
  "dx[label] -= share * target;" "dx[label] -= share;")
heed_mutant(cross_entropy_smoothing autograd/kernels/cross_entropy.cpp " - scale * part, dx" ", dx")
heed_mutant(cross_entropy_mass autograd/kernels/cross_entropy.cpp
  "(target + static_cast<Real>(plan.spread_sum))" "target")
heed_mutant(cross_entropy_each autograd/ops/cross_entropy.cpp
  "gradient() * reshape(g, g.shape().inserted(g.rank(), 1));" "gradient() * sum(g);")
heed_mutant(conv_pixels autograd/kernels/conv.cpp
  "plane[from + i] += row[at + i]" "plane[from + i] = row[at + i]")
heed_mutant(conv_images autograd/kernels/conv.cpp "right, 1, to, inner" "right, 0, to, inner")
heed_mutant(rfft_mirror autograd/ops/fft.cpp "factors.ends * 2" "factors.ends")
heed_mutant(irfft_mirror autograd/ops/fft.cpp "factors.ends / 2" "factors.ends")
heed_mutant(complex_partner autograd/ops/fft.cpp
  "conjugate ? complex_product(a(), g, true) : complex_product(g, a(), true)"
  "complex_product(g, a(), true)")
heed_mutant(complex_conjugate autograd/kernels/complex.cpp
  "conjugate ? in_turns(1, -1) : in_turns(-1, 1)" "in_turns(-1, 1)")
heed_mutant(fft_turns autograd/kernels/lane_fft.cpp
  "turns.emplace_back(std::conj(roots[size_of(j * k * stride)]))"
  "turns.emplace_back(roots[size_of(j * k * stride)])" BY ops/fft/other_shapes)
heed_mutant(fft_chirp autograd/kernels/lane_fft.cpp
  "roots[size_of(j * j % (2 * n_))]" "roots[size_of(j * j % n_)]" BY ops/fft/other_shapes)
heed_mutant(fft_circle autograd/kernels/lane_fft.cpp
  "cosine(circle[i * j % p].re), sine" "cosine(circle[j].re), sine" BY ops/fft/other_shapes)
heed_mutant(fft_last_places autograd/kernels/lane_lines.cpp
  "to[j * side + i] = from[i * n + j]" "to[j * side + i] = from[i * n + j - 1]"
  BY ops/fft/other_shapes)
heed_mutant(fft_beside autograd/kernels/lane_lines.cpp
  "first % lines.inner + side <= lines.inner" "first + side <= lines.count()"
  BY ops/fft2/other_shapes)
heed_mutant(rfft_halves autograd/kernels/fft.cpp "conj(level - turned)" "conj(level + turned)"
  BY ops/rfft_even/value)
heed_mutant(fft_nan autograd/kernels/fft.cpp
  "Lane(0.0) * sum.re + Lane(0.0) * sum.im" "Lane(0.0)" BY ops/fft/nan_input)
heed_mutant(softmax_total autograd/kernels/rows.h
  "(load_lane(g + i, count) - middle)" "load_lane(g + i, count)"
  SOURCE autograd/kernels/softmax.cpp)
heed_mutant(softmax_recorded autograd/ops/softmax.cpp "y * (g - sum(g * y, {-1}, true))" "y * g")
heed_mutant(log_softmax_total autograd/kernels/softmax.cpp
  "load_lane(g + i, count) - exp(load_lane(y + i, count)) * total" "load_lane(g + i, count)")
heed_mutant(log_softmax_recorded autograd/ops/softmax.cpp
  "g - exp(y) * sum(g, {-1}, true)" "g + y * 0.0")
heed_mutant(attention_keys autograd/kernels/attention.cpp
  "scatter(tile, at_.scores, plan_.scale, queries" "scatter(tile, at_.scores, 1, queries")
heed_mutant(attention_queries autograd/kernels/attention.cpp
  "combine(tile, at_.scores, plan_.scale, k" "combine(tile, at_.scores, 1, k")
heed_mutant(attention_values autograd/kernels/attention.cpp
  "if (dv_.wanted()) scatter(" "if (false) scatter(")
heed_mutant(attention_scores autograd/kernels/rows.h
  "(load_lane(g + i, count) - middle)" "load_lane(g + i, count)"
  SOURCE autograd/kernels/attention.cpp)
heed_mutant(lstm_cell autograd/kernels/lstm.cpp "dh * o * (1.0 - t * t)" "dh * o")
heed_mutant(lstm_gates autograd/kernels/lstm.cpp "return y * (1.0 - y);" "return 1.0 - y;")
heed_mutant(lstm_candidate autograd/kernels/lstm.cpp "dc * i * (1.0 - g * g)" "dc * i")
heed_mutant(lstm_forgotten autograd/kernels/lstm.cpp
  "store_lane(dc * f, row.dc" "store_lane(dc, row.dc")
heed_mutant(lstm_twin autograd/ops/lstm.cpp "Step<Tensor> step(a[0], a[1], a[2], a[3], c_before)"
  "Step<Tensor> step(a[0], a[1], a[2], a[3], c_before.detach())")
heed_mutant(gru_reset autograd/kernels/gru.cpp "{da_r, da_z, da_n * r}" "{da_r, da_z, da_n}")
heed_mutant(gru_candidate autograd/kernels/gru.cpp "(1.0 - z) * (1.0 - n * n)" "(1.0 - n * n)")
heed_mutant(gru_carried autograd/kernels/gru.cpp
  "store_lane(dh * z, row.dh" "store_lane(dh, row.dh")
heed_mutant(gru_twin autograd/ops/gru.cpp
  "b[0], b[1], b[2], before)" "b[0], b[1], b[2], before.detach())")
heed_mutant(recurrent_weight autograd/ops/recurrent_steps.cpp
  "concat({first, slice(outputs, 0, 0, steps.count - 1)}, 0)" "outputs")

set(tiles autograd/kernels/tiled_product.cpp)
set(of_tiles BY gemm/tiles_of_every_shape)
heed_mutant(tiles_add_again ${tiles} "l == 0 ? beta : 1," "beta," ${of_tiles})
heed_mutant(tiles_beside_each_other ${tiles}
  "tile * (rows_ / tiles_) + std::min(tile, rows_ % tiles_)" "tile * (rows_ / tiles_)" ${of_tiles})
heed_mutant(tiles_of_half_a_copy ${tiles}
  "std::copy_n(from + count - some, some, to + count - some);" "" ${of_tiles})
