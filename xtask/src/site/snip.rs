//! Takes out of the browser half what the framework always compiles in and no island runs.
//!
//! An erased view carries a function for each way it can come to life, in a table, so that no optimiser can see which of
//! them are never called. Islands wake on what the server rendered in one step, never while waiting for data: that is for
//! `Suspense`, which no page here uses. Without the bodies of these functions all that only they need goes, too. Were one
//! called after all, it would trap: the tests walk through every screen with the bundles that people get.
//!
//! Before a name goes into the list: the compiler merges functions that do the same and keeps one of their names. A function
//! that could have a twin in use (the one for `<template>` beside the one for what the server sent) can't be told from it.

use anyhow::{Result, ensure};
use walrus::{FunctionBuilder, FunctionKind, Module};

/// Parts of the names of functions that are never called.
const UNUSED: [&str; 1] = ["IntoAny>::into_any::hydrate_async"];

/// Replaces the bodies of functions that are never called by a trap. Expects names as wasm-bindgen leaves them.
///
/// # Errors
///
/// When a name is not found at all: the framework was renamed under us, and the bundle would grow in silence.
pub fn unused(module: &mut Module) -> Result<()> {
    for part in UNUSED {
        let found: Vec<_> = module
            .funcs
            .iter_local()
            .filter(|(id, _)| module.funcs.get(*id).name.as_deref().is_some_and(|name| name.contains(part)))
            .map(|(id, function)| (id, function.ty(), function.args.clone()))
            .collect();
        ensure!(!found.is_empty(), "no function's name has {part} in it: look what the framework calls it now (xtask/src/site/snip.rs)");
        for (id, shape, arguments) in found {
            let kind = module.types.get(shape);
            let (parameters, results) = (kind.params().to_vec(), kind.results().to_vec());
            let mut body = FunctionBuilder::new(&mut module.types, &parameters, &results);
            body.func_body().unreachable();
            module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(arguments));
        }
    }
    walrus::passes::gc::run(module);
    Ok(())
}
