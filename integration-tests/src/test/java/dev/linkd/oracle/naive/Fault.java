package dev.linkd.oracle.naive;

import dev.linkd.diag.Code;

/** Why a model cannot be linked. */
public record Fault(Code code, String symbol) {}
