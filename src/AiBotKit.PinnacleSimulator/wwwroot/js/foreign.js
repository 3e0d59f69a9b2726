// Shown without an origin of its own: what it says to the outermost page is what an attacker's frame could say.
top.postMessage(JSON.parse(decodeURIComponent(location.hash.slice(1))), '*');
