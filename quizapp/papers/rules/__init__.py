"""Pure rules of papers: what a blueprint asks for, parallel forms by integer programming, and who gets which."""
