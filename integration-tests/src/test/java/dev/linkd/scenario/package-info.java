/**
 * Edit sequences on real sources, each in a file: sources, edits, and what the linked program must
 * do after each of them. The files are in {@code src/test/resources/scenarios}; {@link
 * dev.linkd.scenario.ScenarioParser} describes their form.
 */
@NullMarked
package dev.linkd.scenario;

import org.jspecify.annotations.NullMarked;
