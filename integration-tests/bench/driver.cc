// A C compiler: as much of clang as compiles one file, in front of all of LLVM's targets.

#include <memory>

#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/DiagnosticIDs.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"
#include "clang/FrontendTool/Utils.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

// The function that the benchmark edits.
static int exitStatus(bool compiled) {
  int status = compiled ? 0 : 1;
#if EDIT >= 1
  status += compiled ? 0 : EDIT;
#endif
#if EDIT == 2
  if (status > 100)
    status = 100;
#endif
  return status;
}

int main(int count, const char **words) {
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  llvm::InitializeAllAsmParsers();

  clang::CompilerInstance compiler;
  auto options = llvm::makeIntrusiveRefCnt<clang::DiagnosticOptions>();
  clang::TextDiagnosticPrinter printer(llvm::errs(), &*options);
  clang::DiagnosticsEngine diagnostics(llvm::makeIntrusiveRefCnt<clang::DiagnosticIDs>(), options,
                                       &printer, /*ShouldOwnClient=*/false);
  bool understood = clang::CompilerInvocation::CreateFromArgs(
      compiler.getInvocation(), llvm::ArrayRef<const char *>(words + 1, words + count),
      diagnostics);
  compiler.createDiagnostics();
  return exitStatus(understood && clang::ExecuteCompilerInvocation(&compiler));
}
