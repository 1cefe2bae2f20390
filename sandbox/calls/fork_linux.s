// This file is empty: with an assembly file in the package, the compiler
// accepts functions without a body, which child.go links to the runtime.
