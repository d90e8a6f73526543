// The forms of multi-head attention that have names of their own. Each is a MultiHead
// (dense/multi_head.h) with other options; what a form is good for stands here, its entry in the
// .cpp.
//
// self          Self-attention: queries, keys and values all come from the same sequence.
//   Cheng, Dong, Lapata 2016, arXiv 1601.06733; Lin et al. 2017, arXiv 1703.03130; Vaswani et al.
//   2017, arXiv 1706.03762.
//     y = softmax(x W_q (x W_k)^T / sqrt(D)) x W_v W_o
//   Differs  nothing from outside comes in: it knows neither a context nor, without position
//            embeddings, an order. Permuting the tokens permutes the result.
//   Limit    a single token is mapped linearly (self_of_one_token_is_linear).
//
// cross         Cross-attention: queries from one sequence, keys and values from another. Also
//               "general" attention: attention to anything outside.
//   Bahdanau, Cho, Bengio 2014, arXiv 1409.0473; Vaswani et al. 2017, section 3.2.3.
//     y = softmax(x W_q (c W_k)^T / sqrt(D)) c W_v W_o,   c = context (B, S, C)
//   Cost     2 T S C multiply-adds for scores and values, 2 (T + S) C^2 for the projections.
//   Differs  the two lengths are independent, and the order of the context does not matter unless
//            its tokens say where they stand. Causal form (the sequences end together): query i
//            sees context positions up to i + S - T.
//   Limit    with the sequence itself as context it is self-attention (cross_with_itself_is_self).
//
// causal        Causal (masked) attention: nobody sees what comes later. The attention of every
//               GPT.
//   Vaswani et al. 2017, section 3.2.3 (the decoder's mask); Radford et al. 2018.
//     y_i = sum_{j <= i} softmax_{j <= i}(q_i . k_j / sqrt(D)) v_j,  then W_o
//   Cost     T(T+1)/2 scores a head instead of T^2. Decoding with a state costs S scores a new
//            token and keeps 2 S C numbers.
//   Differs  in what is visible only. Because the past does not change, a prefix gives the same
//            result alone as inside a longer text, and keys and values can be cached. New tokens
//            after a state of S - T seen ones are the last T queries (aligned bottom-right).
//            The fused kernel is what trains; attention_scores() and attend() are what is read and
//            recorded (the_fused_kernel_is_what_the_readable_path_gives holds them together).
//   Limit    the first row sees only itself, with weight 1 (causal_first_row_attends_itself).
//
// scaled-dot    Scaled dot-product attention, one head: scores of one size whatever the width.
//   Vaswani et al. 2017, section 3.2.1, equation 1.
//     y = softmax(Q K^T / sqrt(D)) V,   then W_o
//   Differs  from dot in the factor 1 / sqrt(D): for q and k of variance 1 the scores have variance
//            1 for every D, so the softmax starts soft and its gradient does not vanish with the
//            width.
//   Limit    D = 1 is the plain dot product (scaled_dot_of_width_one_is_dot).
//
// dot           Dot-product attention, one head, without a scale.
//   Luong, Pham, Manning 2015, "Effective approaches to attention-based neural machine
//   translation", arXiv 1508.04025, section 3.1.
//     y = softmax(Q K^T) V,   then W_o
//   Differs  no 1 / sqrt(D): for q and k of variance 1 the variance of a score is D, so in a wide
//            layer the softmax starts almost hard and little gradient passes it. Over 16 keys the
//            mean length of d a_i1 / d e_i is 0.041, 0.024, 0.013 at D = 8, 32, 128, and 0.058 at
//            each of them when scaled (gradient_at_three_widths).
//   Limit    with queries divided by sqrt(D) it is scaled-dot
//            (dot_with_scaled_queries_is_scaled_dot).
//
// multi-query   Multi-query attention: all heads of queries share one head of keys and values.
//   Shazeer 2019, "Fast Transformer decoding: one write-head is all you need", arXiv 1911.02150.
// grouped       Grouped-query attention: kv_heads heads of keys and values, in between.
//   Ainslie et al. 2023, arXiv 2305.13245.
//     head_h = softmax(Q_h K_g^T / sqrt(D)) V_g,   g = h / (H / G)
//   Cost     the state of decoding shrinks from 2 C to 2 G D numbers a token, W_k and W_v to
//            G D columns; the kernel reads them where they lie. The scores stay H T S.
//   Differs  heads that share keys can differ in what they ask only.
//   Limit    G = H is multi-head attention (as_many_key_heads_as_heads_is_multi_head).
//
// When not to use a form: where the plain `multihead` would do, which takes a context or none and
// is causal or not as it is told. These refuse what does not belong to their name.
#pragma once

#include "attention/dense/multi_head.h"
