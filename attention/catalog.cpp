#include "attention/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "attention/entries.h"
#include "autograd/errors.h"
#include "autograd/nearest.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// One line a mechanism, in the order of all lists.
constexpr Mechanism (*entries_in_order[])() = {
    multi_head_entry,
    self_entry,
    cross_entry,
    causal_entry,
    scaled_dot_entry,
    dot_entry,
    multi_query_entry,
    grouped_entry,
    doubly_stochastic_entry,
    additive_entry,
    cosine_entry,
    bilinear_entry,
    kernel_entry,
    boxcar_entry,
    triangular_entry,
    epanechnikov_entry,
    location_entry,
    conv_qk_entry,
    conv_qkv_entry,
    content_location_entry,
    location_aware_entry,
    entmax_entry,
    sentinel_entry,
    output_gate_entry,
    gau_entry,
    flash_entry,
    local_entry,
    local_predictive_entry,
    axial_entry,
    strided_entry,
    fixed_entry,
    global_tokens_entry,
    longformer_entry,
    big_bird_entry,
    top_k_entry,
    hybrid_entry,
    global_entry,
    local_monotonic_entry,
    adaptive_span_entry,
    linear_attention_entry,
    performer_entry,
    linformer_entry,
    nystrom_entry,
    hyena_entry,
    transformer_xl_entry,
    memory_entry,
    ntm_entry,
    knn_memory_entry,
    external_entry,
    persistent_entry,
    bert_entry,
    xlnet_entry,
    adversarial_entry,
    vat_entry,
    adversarial_maps_entry,
    fnet_entry,
    gfnet_entry,
    auto_correlation_entry,
    fedformer_entry,
    distillation_entry,
    attention_transfer_entry,
    minilm_entry,
    hard_entry,
    gumbel_entry,
    straight_through_entry,
    gat_entry,
    gatv2_entry,
    se_entry,
    cbam_entry,
    non_local_entry,
    pooling_entry,
    gated_entry,
    seed_pooling_entry,
    self_attentive_entry,
    hierarchical_entry,
    crf_entry,
    tree_entry,
    co_attention_entry,
    co_attention_alternating_entry,
    dcn_entry,
    vilbert_entry,
    clip_entry,
    whisper_entry,
};

std::deque<Mechanism>& entries() {
  static std::deque<Mechanism> all = [] {
    std::deque<Mechanism> made;
    for (Mechanism (*const entry)() : entries_in_order) made.push_back(entry());
    return made;
  }();
  return all;
}

constexpr std::array fields{
    FieldName{"multihead", "multihead"},
    FieldName{"adaptive", "adaptive"},
    FieldName{"local", "local"},
    FieldName{"global", "global"},
    FieldName{"hierarchical", "hierarchical"},
    FieldName{"cross", "cross"},
    FieldName{"self", "self"},
    FieldName{"sparse", "strided"},
    FieldName{"convolutional", "cbam"},
    FieldName{"gated", "gated"},
    FieldName{"adversarial", "adversarial"},
    FieldName{"graph", "gat"},
    FieldName{"hard", "hard"},
    FieldName{"soft", "additive"},
    FieldName{"transformer-xl", "transformer-xl"},
    FieldName{"bert", "bert"},
    FieldName{"hybrid", "hybrid"},
    FieldName{"co-attention", "co-attention"},
    FieldName{"axial", "axial"},
    FieldName{"frequency", "fnet"},
    FieldName{"distillation", "distillation"},
    FieldName{"pooling", "pooling"},
    FieldName{"memory", "memory"},
};

std::string with_hyphens(std::string_view name) {
  std::string spelled(name);
  std::replace(spelled.begin(), spelled.end(), '_', '-');
  return spelled;
}

const Mechanism* look_up(const std::string& name) {
  for (const Mechanism& mechanism : entries()) {
    const auto& aliases = mechanism.aliases;
    const bool known = std::find(aliases.begin(), aliases.end(), name) != aliases.end();
    if (mechanism.name == name || known) return &mechanism;
  }
  return nullptr;
}

void require_free(const Mechanism& mechanism, const std::string& name) {
  if (look_up(name) == nullptr) return;
  throw ValueError(fmt::format("[catalog] cannot add '{}': the name '{}' is taken", mechanism.name,
                               name));
}

}  // namespace

const std::deque<Mechanism>& catalog() { return entries(); }

const Mechanism& find(std::string_view name) {
  if (const Mechanism* found = look_up(with_hyphens(name))) return *found;
  std::vector<std::string> names;
  for (const Mechanism& mechanism : entries()) {
    names.push_back(mechanism.name);
    names.insert(names.end(), mechanism.aliases.begin(), mechanism.aliases.end());
  }
  for (const FieldName& field : fields) {
    if (field.mechanism.empty() && field.name == with_hyphens(name)) {
      throw ValueError(fmt::format("[catalog] '{}' is not there yet", name));
    }
  }
  throw ValueError(
      fmt::format("[catalog] there is no mechanism '{}'{}", name, name_hint(name, names)));
}

void add(Mechanism mechanism) {
  if (mechanism.name.empty() || mechanism.name != with_hyphens(mechanism.name)) {
    throw ValueError(fmt::format("[catalog] '{}' is no name for a mechanism\nhint: small letters, "
                                 "digits and hyphens",
                                 mechanism.name));
  }
  require_free(mechanism, mechanism.name);
  for (const std::string& alias : mechanism.aliases) require_free(mechanism, alias);
  if (mechanism.mixer && !(mechanism.mixer->make && mechanism.mixer->pattern)) {
    throw ValueError(fmt::format("[catalog] the mixer part of '{}' lacks its {}", mechanism.name,
                                 mechanism.mixer->make ? "pattern" : "make"));
  }
  entries().push_back(std::move(mechanism));
}

std::vector<std::string> choices(const std::string& mechanism, const std::string& option) {
  const Mechanism* const found = look_up(with_hyphens(mechanism));
  if (found == nullptr) return {};
  for (const Option& one : found->options) {
    if (one.name == option) return one.names;
  }
  return {};
}

std::span<const FieldName> field_names() { return fields; }

}  // namespace heed::inline HEED_REAL::attention
