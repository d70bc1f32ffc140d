"""The demo served with its doors (`site`), and what is played in it by theme so that every page has something to show (`story`)."""
