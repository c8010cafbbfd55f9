// The place goes with an emergency by itself, when the telephone allows it; nothing waits for it.
(() => {
  "use strict";
  const form = document.getElementById("urgent");
  const where = document.getElementById("where");
  if (!navigator.geolocation) return;
  where.textContent = form.dataset.finding;
  navigator.geolocation.getCurrentPosition(async ({ coords }) => {
    form.elements.lat.value = coords.latitude.toFixed(6);
    form.elements.lon.value = coords.longitude.toFixed(6);
    where.textContent = `${form.dataset.found} ± ${Math.round(coords.accuracy)} m`;
    const body = new URLSearchParams({ lat: form.elements.lat.value, lon: form.elements.lon.value });
    try {
      const { area } = await (await fetch(form.dataset.place, { method: "POST", body })).json();
      if (area) where.textContent = `${form.dataset.found} Kel. ${area.kelurahan.name}, Kec. ${area.kecamatan.name}`;
    } catch (error) {
      // Without the name the point itself still goes with the report.
      console.info("place name not available", error);
    }
  }, () => { where.textContent = form.dataset.nogps; }, { enableHighAccuracy: true, timeout: 15000 });
})();
