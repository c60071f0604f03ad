/* Walks a tree and computes its value. */
#include "calculator.h"

#include <math.h>

static double binary(const struct node *node, double left, double right, struct fault *fault) {
  switch (node->operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '^':
      return pow(left, right);
    default:
      if (right == 0) {
        fault_set(fault, node->column, "division by zero");
        return 0;
      }
      return node->operator == '/' ? left / right : fmod(left, right);
  }
}

static double name_value(const struct node *node, struct symbols *symbols, struct fault *fault) {
  double value = 0;
  if (!symbols_get(symbols, node->name, &value)) {
    fault_set(fault, node->column, "'%s' has no value", node->name);
  }
  return value;
}

static double call(const struct node *node, struct symbols *symbols, struct fault *fault) {
  const struct function *function = function_find(node->name);
  if (function == NULL) {
    fault_set(fault, node->column, "there is no function '%s'", node->name);
    return 0;
  }
  if (node->child_count < function->arguments_min || node->child_count > function->arguments_max) {
    fault_set(fault, node->column, "'%s' takes %d to %d arguments, not %d", function->name,
              function->arguments_min, function->arguments_max, node->child_count);
    return 0;
  }
  double arguments[ARGUMENTS_MAX] = {0};
  for (int i = 0; i < node->child_count; i++) {
    arguments[i] = evaluate(node->children[i], symbols, fault);
  }
  return function->call(arguments, node->child_count);
}

static double assign(const struct node *node, struct symbols *symbols, struct fault *fault) {
  double value = evaluate(node->children[0], symbols, fault);
  if (fault->text[0] == '\0') {
    symbols_set(symbols, node->name, value);
  }
  return value;
}

double evaluate(const struct node *node, struct symbols *symbols, struct fault *fault) {
  if (fault->text[0] != '\0') {
    return 0;
  }
  switch (node->kind) {
    case NODE_NUMBER:
      return node->number;
    case NODE_NAME:
      return name_value(node, symbols, fault);
    case NODE_UNARY: {
      double value = evaluate(node->children[0], symbols, fault);
      return node->operator == '-' ? -value : value;
    }
    case NODE_BINARY: {
      double left = evaluate(node->children[0], symbols, fault);
      double right = evaluate(node->children[1], symbols, fault);
      return binary(node, left, right, fault);
    }
    case NODE_CALL:
      return call(node, symbols, fault);
    case NODE_ASSIGN:
      return assign(node, symbols, fault);
  }
  return 0;
}

double calculate(const char *text, struct symbols *symbols, struct fault *fault) {
  fault->text[0] = '\0';
  struct node *tree = parse(text, fault);
  double value = tree == NULL ? 0 : evaluate(tree, symbols, fault);
  node_free(tree);
  return fault->text[0] == '\0' ? value : 0;
}
