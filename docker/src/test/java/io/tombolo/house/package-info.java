/**
 * The rules of the house as tests: who may import whom, what deterministic code may not touch, how
 * large a file may grow, one formatter. Nothing of the product lives here. Start at {@code
 * HouseRulesTest}.
 */
@NullMarked
package io.tombolo.house;

import org.jspecify.annotations.NullMarked;
