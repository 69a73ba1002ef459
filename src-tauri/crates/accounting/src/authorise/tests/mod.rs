mod attack_rows;
mod attacks;
mod endings;
mod properties;
mod refusals;
mod requirements;
mod rig;
mod tokens;
